"""The lab: real servers, plugins, terminals and cards for the tests."""
