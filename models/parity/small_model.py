"""SAM 2.1 at a size that tests can afford: 256 px, 2.9 M parameters, the official classes. tests/fixtures/sam21-small256 holds its graphs."""

import torch

from models.parity.seeded_weights import law, seeded_tensor

IMAGE_SIZE, DIM, MEMORY_DIM = 256, 128, 32
SEED = 3

OVERRIDES = [
    "image_size=256",
    "image_encoder.trunk.embed_dim=16",
    "image_encoder.trunk.num_heads=1",
    "image_encoder.trunk.stages=[1,2,3,1]",
    "image_encoder.trunk.global_att_blocks=[4,5]",
    "image_encoder.trunk.window_pos_embed_bkg_spatial_size=[7,7]",
    "image_encoder.neck.backbone_channel_list=[128,64,32,16]",
    "image_encoder.neck.d_model=128",
    "image_encoder.neck.position_encoding.num_pos_feats=128",
    "memory_attention.d_model=128",
    "memory_attention.layer.d_model=128",
    "memory_attention.layer.dim_feedforward=256",
    "memory_attention.num_layers=2",
    "memory_attention.layer.self_attention.embedding_dim=128",
    "memory_attention.layer.cross_attention.embedding_dim=128",
    "memory_attention.layer.cross_attention.kv_in_dim=32",
    "memory_attention.layer.self_attention.feat_sizes=[16,16]",
    "memory_attention.layer.cross_attention.feat_sizes=[16,16]",
    "memory_encoder.out_dim=32",
    "memory_encoder.position_encoding.num_pos_feats=32",
    "memory_encoder.fuser.layer.dim=128",
    "memory_encoder.in_dim=128",
    "memory_encoder.mask_downsampler.embed_dim=128",
]

# As seeded_weights.TUNING: objects stay apart, object logits of both signs occur, single masks are stable and unstable,
# memory matters.
TUNING = (
    ("pred_obj_score_head.layers.2.weight", 14, 0),
    ("pred_obj_score_head.layers.2.bias", 1, 3.5),
    ("cross_attn_image.out_proj.weight", 6, 0),
    ("cross_attn_image.q_proj.weight", 3, 0),
    ("mask_downsampler.encoder.9", 4, 0),
    ("obj_ptr_proj", 3, 0),
    ("output_hypernetworks_mlps.0.layers.2", 5, 0),
    ("iou_prediction_head.layers.2.weight", 4, 0),
)


def build_small():
    """The official video predictor with seeded weights."""
    from sam2.build_sam import build_sam2_video_predictor

    extra = [f"++model.{override}" for override in OVERRIDES]
    model = build_sam2_video_predictor("configs/sam2.1/sam2.1_hiera_t.yaml", None, device="cpu", hydra_overrides_extra=extra)
    state = {key: torch.from_numpy(seeded_tensor(key, tuple(value.shape), SEED, TUNING)) for key, value in model.state_dict().items()}
    model.load_state_dict(state)
    model.fill_hole_area = 0  # needs an extension that the CPU lacks
    return model.eval()


def laws(model):
    """What the test makes the weights from: parameter -> [offset, scale]."""
    return {key: list(law(key, tuple(value.shape), TUNING)) for key, value in model.state_dict().items()}
