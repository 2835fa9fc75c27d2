"""Lets a package that the image brings win over ours of the same name."""

import importlib.machinery
import importlib.util
import os
import sys


def loaded_from_image(name):
    """True where another package `name` is on sys.path: it then is what `import name` gives.

    To be asked by a package of ours while it is imported; what it defined itself is dropped then.
    """
    ours = sys.modules[name]
    here = os.path.dirname(os.path.dirname(os.path.realpath(ours.__file__)))
    elsewhere = [path for path in sys.path if os.path.realpath(path or os.curdir) != here]
    spec = importlib.machinery.PathFinder.find_spec(name, elsewhere)
    if spec is None or spec.loader is None:
        return False
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules[name] = ours
        raise
    return True
