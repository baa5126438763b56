"""How tests run: properties on the same examples each time, unless HYPOTHESIS_PROFILE=long asks for many new ones."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("default", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("long", deadline=None, max_examples=4000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
