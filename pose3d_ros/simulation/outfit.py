# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a person wears, as far as it has a shape: lengths and looseness of clothes, hair."""
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Outfit:
    """Clothes; places along a limb count from 0 at its root over 1 at its middle joint to 2."""

    sleeve: float  # end of the sleeve along the arm; 0: none
    shirt: float  # m, thickness of the shirt
    shirt_hem: float  # end of the shirt below the hips, m
    neckline: float  # m, radius of the opening around the neck
    legs: float  # end of the trousers along the leg
    trousers: float  # m, thickness of the trousers
    flare: float  # m, least radius of a trouser leg
    skirt: float  # length of a skirt along the leg; 0: none
    skirt_width: float  # m, radius of its hem
    shoe: float  # m, height of the shoes
    hair: str  # short, long, bun, bald, cap, or swimcap: without a brim
    hair_volume: float  # m
    bare: bool = False  # no shirt

    @property
    def capped(self) -> bool:
        """Return whether a cap covers the hair."""
        return self.hair in ('cap', 'swimcap')

    def key(self) -> tuple:
        """Return what tells two outfits apart."""
        return tuple(self.__dict__.values())


def make_outfit(rng: np.random.Generator, feminine: float) -> Outfit:
    """Return random clothes and hair."""
    skirt = rng.random() < 0.3 and feminine > 0.5
    hairs = ('short', 'long', 'bun', 'bald', 'cap')
    shares = (0.2, 0.5, 0.2, 0.0, 0.1) if feminine > 0.5 else (0.62, 0.04, 0.02, 0.16, 0.16)
    return Outfit(
        sleeve=float(rng.choice([0.0, 0.55, 0.75, 1.3, 1.93], p=[0.1, 0.3, 0.1, 0.1, 0.4])),
        shirt=float(rng.uniform(0.004, 0.02)),
        shirt_hem=float(rng.uniform(-0.09, 0.14)),
        neckline=float(rng.uniform(0.07, 0.11)),
        legs=float(rng.choice([0.55, 0.95, 1.4, 1.93], p=[0.12, 0.15, 0.08, 0.65])),
        trousers=float(rng.uniform(0.003, 0.014)),
        flare=float(rng.uniform(0.03, 0.075)),
        skirt=float(rng.uniform(0.45, 1.5)) if skirt else 0.0,
        skirt_width=float(rng.uniform(0.17, 0.3)),
        shoe=float(rng.choice([0.055, 0.075, 0.14, 0.0], p=[0.4, 0.4, 0.12, 0.08])),
        hair=str(rng.choice(hairs, p=shares)),
        hair_volume=float(rng.uniform(0.006, 0.03)),
    )


def undress(rng: np.random.Generator, outfit: Outfit) -> Outfit:
    """Return what is left of an outfit for sports and in hot halls: tight shorts, no shirt."""
    return replace(
        outfit, bare=True, shirt=0.0, sleeve=0.0, skirt=0.0, flare=0.03,
        legs=float(rng.uniform(0.3, 1.1)), trousers=float(rng.uniform(0.002, 0.008)),
        shoe=float(rng.choice([0.0, 0.075], p=[0.6, 0.4])),
        hair=str(rng.choice([outfit.hair, 'cap', 'swimcap'], p=[0.5, 0.2, 0.3])))
