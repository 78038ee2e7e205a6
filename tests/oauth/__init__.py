"""The OAuth part, over real sockets, terminals and processes."""
