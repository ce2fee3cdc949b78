"""What is evaluated: our assistant, it without one of its parts, its rivals, and the floors that all must pass.

Each is opened by name: `ours`, `dense=/path/to/model`, or `package.module:function` for one of your own.
"""

from evals.systems.protocol import Opener, Place, System
from evals.systems.registry import SYSTEMS, check, installed, open_system

__all__ = ["SYSTEMS", "Opener", "Place", "System", "check", "installed", "open_system"]
