"""`import moxing as mox`: the part of it that training scripts use, on local paths."""

from defer_to_image import loaded_from_image

if not loaded_from_image(__name__):
    from . import file  # noqa: F401
