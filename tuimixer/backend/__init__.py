"""The adapter layer: one room a sound system, all behind `backend.base.Backend`."""
