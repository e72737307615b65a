"""How far a policy goes from where its training began towards where that ended: WiSE-FT's mixing (arXiv:2109.01903,
section 3), src/trainer/adapters/mixed.ts."""

import peft
import torch


def adapter_of(model):
    """A copy of a model's adapter, by name."""
    return {name: tensor.detach().clone() for name, tensor in peft.get_peft_model_state_dict(model).items()}


def mix(model, begun, end, share):
    """theta = begun + share (end - begun), 0 to 1, each on its own device."""
    mixed = {name: torch.lerp(begun[name].to(value.device), value, share) for name, value in end.items()}
    peft.set_peft_model_state_dict(model, mixed)
