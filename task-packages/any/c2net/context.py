"""The folders of the task, by its variables.

    context = prepare()
    context.code_path, .dataset_path, .pretrain_model_path, .output_path, .tensorboard_path
"""

import os


class Context(object):
    def __init__(self, code_path, dataset_path, pretrain_model_path, output_path, tensorboard_path):
        self.code_path = code_path
        self.dataset_path = dataset_path
        self.pretrain_model_path = pretrain_model_path
        self.output_path = output_path
        self.tensorboard_path = tensorboard_path

    def __repr__(self):
        return "Context(%s)" % ", ".join("%s=%r" % pair for pair in sorted(vars(self).items()))


def _variable(name):
    value = os.environ.get(name)
    if not value:
        raise ValueError("The variable %s is not set: this is no task of the platform." % name)
    return value


def prepare():
    """Any number of times, and from every process of a task. Everything is there already."""
    context = Context(
        _variable("LOCAL_CODE_PATH"),
        _variable("LOCAL_DATASET_PATH"),
        _variable("LOCAL_PRETRAIN_MODEL_PATH"),
        _variable("LOCAL_OUTPUT_PATH"),
        os.environ.get("LOCAL_TENSORBOARD_PATH"),
    )
    for path in (context.output_path, context.tensorboard_path):
        if path:
            os.makedirs(path, exist_ok=True)
    return context


def upload_output():
    """The output folder: what lies in it is the task's result, as it is written."""
    return _variable("LOCAL_OUTPUT_PATH")
