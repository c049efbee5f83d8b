"""The floating-point type in which a network computes."""

import logging
from pathlib import Path

import keras

FLOAT32, BFLOAT16, AUTO = "float32", "bfloat16", "auto"
TILES = "amx_bf16"  # CPU flag of bfloat16 multiplication in hardware
MINIMUM_CAPABILITY = (8, 0)  # lowest compute capability of NVIDIA GPUs that have it (Ampere)

logger = logging.getLogger(__name__)


def resolve(wanted, cpu_flags=None):
    """Choose the type in which to compute.

    Args:
        wanted: "auto", "float32" or "bfloat16".
        cpu_flags: Flags of the processor; None means those of this machine.

    Returns:
        "float32" or "bfloat16"; "auto" gives "bfloat16" if the device supports it in hardware.
    """
    has = has_bfloat16(cpu_flags)
    if wanted == BFLOAT16 and not has:
        logger.warning("bfloat16 is emulated and slow on this machine; float32 would be faster")
    return (BFLOAT16 if has else FLOAT32) if wanted == AUTO else wanted


def has_bfloat16(cpu_flags=None):
    """Whether the computing device multiplies bfloat16 in hardware."""
    capability = gpu_capability()
    if capability is not None:
        return capability >= MINIMUM_CAPABILITY
    return TILES in (_cpu_flags() if cpu_flags is None else cpu_flags)


def policy_of(precision):
    """Keras policy for a type; weights, statistics and losses stay in float32."""
    return keras.DTypePolicy("mixed_bfloat16" if precision == BFLOAT16 else FLOAT32)


def of_model(model):
    """The type in which a network computes."""
    types = {layer.compute_dtype for layer in model.layers}
    return BFLOAT16 if BFLOAT16 in types else FLOAT32


def gpu_capability():
    """Compute capability (major, minor) of the GPU that the backend uses, or None without one."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        found = tf.config.list_physical_devices("GPU")
        if not found:
            return None
        return tf.config.experimental.get_device_details(found[0]).get("compute_capability", (0, 0))
    if backend == "jax":
        import jax

        device = jax.devices()[0]
        if device.platform == "cpu":
            return None
        return tuple(map(int, str(getattr(device, "compute_capability", "0.0")).split(".")))
    if backend == "torch":
        import torch

        return torch.cuda.get_device_capability() if torch.cuda.is_available() else None
    return None


def _cpu_flags():
    """Flags of the first processor in /proc/cpuinfo; empty without that file."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return []
    return next((line.split(":", 1)[1].split() for line in lines if line.startswith("flags")), [])
