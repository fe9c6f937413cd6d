"""The top wing: settings, wiring, servers, worker, command line. Only it reads the environment."""
