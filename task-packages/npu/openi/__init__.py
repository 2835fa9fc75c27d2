"""The helpers of NPU scripts that earlier `openi` packages had: from what the task is given to folders.

multi_data_url and pretrain_url are JSON lists, as the platform passes them:
    [{"dataset_url": "/cache/dataset/A", "dataset_name": "A"}, …]
    [{"model_url": "/cache/pretrainmodel/lenet.ckpt", "model_name": "lenet.ckpt"}]
"""

from defer_to_image import loaded_from_image

if not loaded_from_image(__name__):
    from .context import (  # noqa: F401
        c2net_multidataset_to_env,
        env_to_openi,
        obs_copy_file,
        obs_copy_folder,
        openi_multidataset_to_env,
        pretrain_to_env,
    )
