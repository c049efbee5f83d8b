"""The images of a visit: signals of the places in each voxel, coil fields, blur and noise."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from contrast2map.imaging.signal_equations import SIGNAL_EQUATIONS
from contrast2map.teacher import fields

# Centre of the head relative to its rim, as in the two maps at 3 T of Veldmann et al. (2024): 1.5
# to 0.86 of the median over 60 mm, 0.6 to 1.4 between the 5th and 95th percentiles.
TRANSMIT_RADIUS_MM, TRANSMIT_FLOOR = 45.0, 0.45
TRANSMIT_PEAK = {1.5: 0.5, 3.0: 1.1}  # largest height of the centre, by field strength
LEVEL_SHARE = 0.6  # of the transmit field's SD: SD of the logarithm of its level between visits
FIELD_WAVES_MM = (120.0, 400.0)
OWN_RECEIVE_SHARE = 0.15  # of the receive field's SD that differs between the scans of a visit
# ASSUME largest share of the loss in many-slice turbo spin echoes, by signal equation.
TRANSFER_STRENGTH = {
    "mprage": 0.25,
    "spoiled_gradient_echo": 0.35,
    "flair": 1.0,
    "spin_echo": 0.6,
    "fast_spin_echo": 1.0,
}
GRADIENT_ECHOES = ("mprage", "spoiled_gradient_echo")
LEAST_PD = 0.2  # below, a voxel holds air or bone and its relaxation times have no meaning
TARGET_SIDE_WEIGHT = 0.08  # of each neighbour in the blur of the true maps: SD 0.4 voxels


@dataclass(frozen=True)
class Places:
    """Places at which signals are computed: one in voxels of one tissue, otherwise all of them.

    Attributes:
        shape: Height and width.
        n_places: Places per mixed voxel.
        pure: Flat numbers of the voxels of one tissue.
        mixed: Flat numbers of the others.
        tissue: Tissue of each place, (pure + n_places * mixed).
    """

    shape: tuple
    n_places: int
    pure: np.ndarray
    mixed: np.ndarray
    tissue: np.ndarray

    @classmethod
    def of(cls, tissue, is_near):
        """Places of the voxels that are near; tissue (places, H, W), is_near (H, W)."""
        n_places = len(tissue)
        flat = tissue.reshape(n_places, -1)
        is_pure = (flat[1:] == flat[0]).all(axis=0)
        near = is_near.ravel()
        pure = np.flatnonzero(is_pure & near & (flat[0] > 0))
        mixed = np.flatnonzero(~is_pure & near)
        numbers = np.concatenate([flat[0][pure], flat[:, mixed].ravel()])
        return cls(is_near.shape, n_places, pure, mixed, numbers)

    @property
    def voxel(self):
        """Flat number of the voxel of each place."""
        return np.concatenate([self.pure, np.tile(self.mixed, self.n_places)])

    def gather(self, values, weights):
        """Sum of the places of each voxel, weighted along `n_places`; float32 (H, W)."""
        image = np.zeros(self.shape[0] * self.shape[1], np.float32)
        n = self.pure.size
        image[self.pure] = values[:n]
        image[self.mixed] = weights @ values[n:].reshape(self.n_places, -1)
        return image.reshape(self.shape)


@dataclass(frozen=True)
class Matter:
    """Properties of places, float32 arrays of one length.

    Attributes:
        tissue: Tissue numbers.
        T1_s: T1.
        T2_s: T2.
        PD: Proton density.
        transmit: Relative B1+.
    """

    tissue: np.ndarray
    T1_s: np.ndarray
    T2_s: np.ndarray
    PD: np.ndarray
    transmit: np.ndarray

    @classmethod
    def of(cls, person, tissue, deviations, transmit):
        """Person's values of the tissues, times 1 + deviation (T1, T2, PD)."""
        values = [
            lookup[tissue] * (1 + np.maximum(deviation, -0.6))
            for lookup, deviation in zip(
                (person.T1_s, person.T2_s, person.PD), deviations, strict=True
            )
        ]
        return cls(tissue, *values, transmit)


@dataclass(frozen=True)
class CoilFields:
    """Transmit and receive fields of a visit as functions of position.

    Attributes:
        level: Transmit far from the centre.
        peak: Height of the centre.
        transmit_sd: SD of the random part.
        transmit: Waves of it.
        receive_sd: SD of the logarithm of the receive field.
        receive: Waves of it.
    """

    level: float
    peak: float
    transmit_sd: float
    transmit: fields.Waves
    receive_sd: float
    receive: fields.Waves

    @classmethod
    def draw(cls, rng, field_strength_T, settings):
        """Draw the fields of a visit."""
        return cls(
            level=float(np.exp(LEVEL_SHARE * settings.transmit_sd * rng.standard_normal())),
            peak=rng.uniform(0, TRANSMIT_PEAK[field_strength_T]),
            transmit_sd=settings.transmit_sd * rng.random(),
            transmit=fields.Waves.draw(rng, *FIELD_WAVES_MM),
            receive_sd=settings.receive_sd * rng.uniform(0, 1.5),
            receive=fields.Waves.draw(rng, *FIELD_WAVES_MM),
        )

    def transmit_at(self, position_mm):
        """Relative B1+ at positions relative to the brain's centre, shape (3, n)."""
        squared = (position_mm**2).sum(axis=0) / TRANSMIT_RADIUS_MM**2
        shape = 1 + self.peak * (np.exp(-squared) - TRANSMIT_FLOOR)
        values = self.level * shape + self.transmit_sd * self.transmit.at(position_mm)
        return np.clip(values, 0.3, 2.0).astype(np.float32)

    def receive_at(self, position_mm):
        """Relative sensitivity at positions, shape (3, n)."""
        return np.exp(self.receive_sd * self.receive.at(position_mm))

    def own_receive_at(self, rng, position_mm):
        """A random factor by which one scan's sensitivity differs from that of the visit."""
        own = fields.Waves.draw(rng, *FIELD_WAVES_MM)
        return np.exp(OWN_RECEIVE_SHARE * self.receive_sd * own.at(position_mm))


def scan_signal(matter, equation, parameters, person, strength):
    """Signed signal of places.

    Args:
        matter: Matter.
        equation: Name of the signal equation.
        parameters: Its parameters.
        person: tissues.Person.
        strength: Magnetisation transfer, 0 (none) to 1 (as in a multislice turbo spin echo).
    """
    kept = 1 - strength * person.transfer
    if equation in GRADIENT_ECHOES:
        kept = kept * np.exp(-parameters["TE_s"] * person.dephasing_Hz)
    PD = matter.PD * kept.astype(np.float32)[matter.tissue]
    return SIGNAL_EQUATIONS[equation](
        matter.T1_s, matter.T2_s, PD, matter.transmit, **parameters, signed=True
    )


def draw_strength(rng, equation):
    """Strength of magnetisation transfer in a scan."""
    return rng.random() * TRANSFER_STRENGTH[equation]


def true_maps(places, matter):
    """T1 and T2 of voxels in seconds: reciprocals of mean rates, weighted by PD, as in simulation/.

    Returns:
        T1, T2 and PD, each float32 (H, W); T1 and T2 are 0 where PD is below LEAST_PD.
    """
    weights = np.full(places.n_places, 1 / places.n_places, np.float32)
    PD, R1, R2 = (
        _blur_slightly(places.gather(values, weights))
        for values in (matter.PD, matter.PD / matter.T1_s, matter.PD / matter.T2_s)
    )
    is_tissue = PD > LEAST_PD
    T1_s, T2_s = (np.divide(PD, rate, out=np.zeros_like(PD), where=is_tissue) for rate in (R1, R2))
    return T1_s, T2_s, PD


def _blur_slightly(image):
    """Add a share of the neighbours along rows and columns; the outermost voxels are kept."""
    blurred = image.copy()
    blurred[1:-1] += TARGET_SIDE_WEIGHT * (image[2:] + image[:-2] - 2 * image[1:-1])
    result = blurred.copy()
    result[:, 1:-1] += TARGET_SIDE_WEIGHT * (
        blurred[:, 2:] + blurred[:, :-2] - 2 * blurred[:, 1:-1]
    )
    return result


def acquire(rng, signal, noise_sd, shift_voxels, rotation_rad, noise_seed):
    """Magnitude image with the point spread, k-space limit, noise and displacement of a scan.

    Args:
        rng: NumPy random generator.
        signal: Signed signal times receive field, float32 (H, W).
        noise_sd: SD of noise in the real and imaginary channel.
        shift_voxels: Displacement along rows and columns.
        rotation_rad: Small rotation in the plane.
        noise_seed: Seed of the banks of noise.
    """
    height, width = signal.shape
    fractions = rng.uniform(0, 1, 2) if rng.random() < 0.4 else np.zeros(2)  # of interpolation
    blur = rng.uniform(0.25, 0.75)
    cut = rng.uniform(0.6, 1.0) if rng.random() < 0.5 else 1.0
    is_apodised = rng.random() < 0.5
    transforms, windows = [], []
    for frequency, move, fraction in (
        (fft.fftfreq(height), shift_voxels[0], fractions[0]),
        (fft.rfftfreq(width), shift_voxels[1], fractions[1]),
    ):
        spread = np.exp(-2 * (np.pi * blur * frequency) ** 2)
        phase = np.exp(-2j * np.pi * frequency * (move - fraction))
        window = np.abs(frequency) <= cut / 2
        if is_apodised:
            window = window * (0.54 + 0.46 * np.cos(2 * np.pi * frequency / cut))
        transforms.append((spread * phase).astype(np.complex64))
        windows.append(window.astype(np.float32))
    spectrum = fft.rfft2(signal)
    spectrum *= transforms[0][:, None] * transforms[1]
    noise_sd_in_k_space = np.float32(noise_sd * np.sqrt(height * width / 2))
    spectrum += noise_sd_in_k_space * fields.complex_noise(rng, spectrum.shape, noise_seed)
    spectrum *= windows[0][:, None] * windows[1]
    real = fft.irfft2(spectrum, s=signal.shape)
    if rotation_rad:
        half_turn = np.float32(rotation_rad / 2)
        rows = (np.arange(height, dtype=np.float32) - height / 2)[:, None]
        columns = np.arange(width, dtype=np.float32) - width / 2
        real[1:-1, 1:-1] += half_turn * (
            rows[1:-1] * (real[1:-1, 2:] - real[1:-1, :-2])
            - columns[1:-1] * (real[2:, 1:-1] - real[:-2, 1:-1])
        )
    imaginary = np.float32(noise_sd) * fields.texture(rng, signal.shape, noise_seed)
    image = np.sqrt(real**2 + imaginary**2)
    for axis, fraction in enumerate(fractions.astype(np.float32)):
        if fraction:
            image = image + fraction * (np.roll(image, 1, axis) - image)
    return image
