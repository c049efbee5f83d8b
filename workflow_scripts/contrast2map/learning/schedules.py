"""Learning rates by optimiser step."""

import math

import keras


@keras.saving.register_keras_serializable("contrast2map")
class WarmUpAndCosine(keras.optimizers.schedules.LearningRateSchedule):
    """Learning rate that rises linearly to its peak and falls to 0 as a cosine."""

    def __init__(self, peak, n_warm_up_steps, n_steps):
        self.peak, self.n_warm_up_steps, self.n_steps = peak, n_warm_up_steps, n_steps

    def __call__(self, step):
        """Learning rate of a step, counted from 0."""
        step = keras.ops.cast(step, "float32")
        rising = (step + 1) / max(self.n_warm_up_steps, 1)
        share = (step - self.n_warm_up_steps) / max(self.n_steps - self.n_warm_up_steps, 1)
        falling = 0.5 * (1 + keras.ops.cos(math.pi * keras.ops.clip(share, 0.0, 1.0)))
        return self.peak * keras.ops.minimum(keras.ops.minimum(rising, 1.0), falling)

    def get_config(self):
        """Constructor arguments, for saving."""
        names = ("peak", "n_warm_up_steps", "n_steps")
        return {name: getattr(self, name) for name in names}
