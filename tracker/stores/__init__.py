"""Where captures and history are kept: the archive is the truth, the stores are derived from it."""
