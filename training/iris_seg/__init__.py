"""The network that finds an iris and its boundaries: pictures with their truth, network, training, export."""
