"""`from c2net.context import prepare, upload_output`: where the task's folders lie."""

from defer_to_image import loaded_from_image

if not loaded_from_image(__name__):
    from . import context  # noqa: F401
