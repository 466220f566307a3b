"""Scenes of many frames, drawn: a living eye that breathes, wanders and mirrors the lamps, and a photograph that cannot.

How far a living pupil and gaze move here is taken from the literature's usual ranges, not from people before our camera.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from terminal.capture.synthetic import Capture, DrawnEye, Illuminator, capture, draw, identity
from terminal.clock import Trust
from terminal.evaluate.species import camera
from terminal.evaluate.species.camera import Pose, Sheet
from terminal.evaluate.species.presentation import Source, Species
from terminal.evaluate.species.simulation import simulate
from terminal.types import Bank, Frame, Instant, Pixels

SIZE = (360, 480)  # rows, columns
FRAMES_PER_S = 15.0
CORNEA = 0.7  # iris radii the spot moves from the pupil's centre for a gaze of 1 rad: about 4.2 mm over 5.9 mm
SETTLES_S = 0.5  # of hand, head and gaze: after this long they are somewhere else


class Scene:
    """Somebody or something before the kiosk. It is a clock and a light too, so that a watch can be put before it."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self._seed, self._taken = seed, 0
        self._bank = Bank.BOTH
        base = capture(self.rng, size=SIZE)
        self.setting = replace(base, illuminator=Illuminator.SPOT, lamp_radius=float(self.rng.uniform(0.03, 0.07)))
        self._apart = self.rng.uniform(0.05, 0.14)  # iris radii between the spots of a bank and of both

    def select(self, bank: Bank) -> None:
        """Light only the lamps of a bank."""
        self._bank = bank

    def now(self) -> Instant:
        """Return the moment after the last frame."""
        at = int(self._taken / FRAMES_PER_S * 1e9)
        return Instant(at, at)

    def trust(self) -> Trust:
        """Return that this clock is right."""
        return Trust(True, 0)

    def boot_id(self) -> str:
        """Return the name of the scene."""
        return f"scene {self._seed}"

    def frame(self) -> Frame:
        """Take the next frame."""
        self._taken += 1
        return Frame(
            self.seen(),
            "drawn",
            self.boot_id(),
            Instant(self.now().utc_ns + 60_000_000, self.now().boottime_ns + 60_000_000),
        )

    def seen(self) -> Pixels:
        """Return what the camera sees now."""
        raise NotImplementedError

    def _lamp(self) -> tuple[float, float]:
        """Return where the lit lamps are mirrored while the eye looks straight ahead."""
        side = {Bank.A: -1, Bank.B: 1, Bank.BOTH: 0}[self._bank]
        x, y = self.setting.lamp_at
        return x + side * self._apart, y

    def _drift(self, before: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Take one step of a random walk that stays about zero with deviations `sizes` (Ornstein and Uhlenbeck 1930)."""
        keeps = np.exp(-1 / (FRAMES_PER_S * SETTLES_S))
        return np.asarray(keeps * before + np.sqrt(1 - keeps**2) * sizes * self.rng.standard_normal(len(sizes)))


class Living(Scene):
    """A person who looks into the camera and stands as still as people do."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._eye = identity(seed)
        self._waves = [(self.rng.uniform(0.1, 1.5), self.rng.uniform(0, 2 * np.pi)) for _ in range(3)]  # Hz, rad
        self._hippus = float(np.exp(self.rng.normal(np.log(0.02), 0.5)))  # part of the radius: 1 to 5 % at rest
        self._sizes = np.array([0.04, 0.04, self.rng.uniform(0.01, 0.03), self.rng.uniform(0.01, 0.03), 0.015])
        self._at = self._drift(np.zeros(5), self._sizes)

    def seen(self) -> Pixels:
        """Return the eye as it is at this moment."""
        return self._grainy(self._moved().pixels)

    def _grainy(self, pixels: Pixels) -> Pixels:
        grain = self.rng.standard_normal(pixels.shape) * self.setting.noise
        return np.asarray(np.clip(np.rint(pixels + grain), 0, 255), np.uint8)

    def _moved(self) -> DrawnEye:
        """Draw the eye without noise: place, gaze and pupil have moved a little since the last frame."""
        self._at = self._drift(self._at, self._sizes)
        x, y, right, down, roll = self._at
        seconds = self._taken / FRAMES_PER_S
        breath = float(np.mean([np.sin(2 * np.pi * f * seconds + at) for f, at in self._waves])) * self._hippus * 2.4
        radius, lamp = self.setting.radius_px, self._lamp()
        setting: Capture = replace(
            self.setting,
            centre=(self.setting.centre[0] + x * radius, self.setting.centre[1] + y * radius),
            roll=self.setting.roll + roll,
            pupil_ratio=self.setting.pupil_ratio * (1 + breath),
            lamp_at=(lamp[0] - CORNEA * right, lamp[1] - CORNEA * down),
        )
        still = np.random.default_rng(self._seed)  # the same hairs and pores in every frame
        return draw(self._eye, replace(setting, noise=0.0, jpeg_quality=0), still)


class Disguised(Living):
    """A living eye behind something it wears or looks through: a patterned lens, a print with a hole for the pupil."""

    def __init__(self, seed: int, species: Species) -> None:
        super().__init__(seed)
        self._species = species

    def seen(self) -> Pixels:
        """Return the disguised eye at this moment; it is the same disguise in every frame."""
        eye = self._moved()
        of = Source(eye.pixels, eye.pupil, eye.limbus, eye.visible)
        return self._grainy(simulate(self._species, of, np.random.default_rng(self._seed)).seen.pixels)


class Photograph(Scene):
    """A picture of an eye, moved by a hand; without a species it has no raster or grain, and only stillness gives it away."""

    def __init__(self, seed: int, species: Species | None = None) -> None:
        super().__init__(seed)
        eye = draw(identity(seed), replace(self.setting, lamp_at=self._lamp()), self.rng)
        self._of = Source(eye.pixels, eye.pupil, eye.limbus, eye.visible)
        if species is not None:
            self._of = simulate(species, self._of, self.rng).seen
        self._settings = replace(camera.settings(self.rng), beam_reach=0.8, beam_floor=0.7)
        self._sheet = Sheet(
            camera.enlarged(np.asarray(self._of.pixels, np.float32) / np.float32(255), camera.LEAST_STEP),
            camera.LEAST_STEP,
        )
        self._sizes = np.array([0.03, 0.015, 0.06, 0.06, 0.04, 0.04])
        self._at = self._drift(np.zeros(6), self._sizes)

    def seen(self) -> Pixels:
        """Return the picture as the hand holds it at this moment; the lamps light it from their side."""
        self._at = self._drift(self._at, self._sizes)
        turn, scale, x, y, across, down = self._at
        radius = self._of.limbus.radius
        held = Pose(turn, 1.03 + scale, (x * radius, y * radius), (across, down), 0.0)
        lit = replace(self._settings, beam_at=({Bank.A: 0.2, Bank.B: 0.8, Bank.BOTH: 0.5}[self._bank], 0.5))
        return camera.photograph(self._sheet, self._of, held, lit, self.rng).pixels
