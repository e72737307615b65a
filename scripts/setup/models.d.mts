export function bringModels(...ids: readonly string[]): () => Promise<void>;
