/** One trained tensor inside the flat parameter vector `theta`. */
export interface ParameterSlot {
  /** The tensor's name in a PEFT adapter file, for example `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** First element inside `theta`. */
  readonly offset: number;
}

/** Where every trained tensor stands inside one flat vector `theta`, so that optimisers and checkpoints see only that. */
export interface ParameterLayout {
  readonly slots: readonly ParameterSlot[];
  /** Elements of `theta`. */
  readonly size: number;
}

/** The layout that holds the given tensors one after the other. */
export function layOutParameters(
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
): ParameterLayout {
  let size = 0;
  const slots = tensors.map(({ name, shape }) => {
    const slot = { name, shape, offset: size };
    size += shape.reduce((product, dim) => product * dim, 1);
    return slot;
  });
  return { slots, size };
}
