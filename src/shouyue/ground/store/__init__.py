"""Where rows and sealed files live: engine, sessions, column types, object store, holders."""
