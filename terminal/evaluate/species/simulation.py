"""One picture of an eye in, one simulated attack out, every parameter drawn by chance."""

import numpy as np

from terminal.evaluate.species import lens, printing, screen
from terminal.evaluate.species.presentation import Attack, Source, Species


def simulate(species: Species, of: Source, rng: np.random.Generator) -> Attack:
    """Return an attack of a species made from a picture."""
    match species:
        case Species.PRINT:
            return printing.held_up(of, rng)
        case Species.CUT_PRINT:
            return printing.held_up(of, rng, cut=True)
        case Species.SCREEN:
            return screen.held_up(of, rng)
        case Species.LENS:
            return lens.worn(of, rng)
        case Species.CONTROL:
            return printing.nothing_between(of, rng)
