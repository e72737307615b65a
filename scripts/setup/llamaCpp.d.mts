export function findLlamaCpp(): { readonly folder: string; readonly release: string } | undefined;
export function bringLlamaCpp(): Promise<void>;
