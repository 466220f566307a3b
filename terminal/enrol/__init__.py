"""The technician's side: images of a person become references that can be trusted."""
