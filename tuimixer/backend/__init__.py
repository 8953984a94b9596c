"""The adapter layer: one package per sound system, all behind `backend.base.Backend`."""
