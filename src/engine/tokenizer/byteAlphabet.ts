/**
 * Byte-level tokenizers write each byte as one printable character: bytes that are printable in
 * Latin-1 as themselves, the other 68 as the characters from U+0100 on, in order (GPT-2's scheme).
 */
const byteOfCharacter: ReadonlyMap<string, number> = new Map(
  listBytes().map((byte, index) => [characterOf(byte, index), byte]),
);

/** Unprintable bytes first, so that an unprintable byte's index is its place behind U+0100. */
function listBytes(): number[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  return [...bytes.filter((byte) => !isPrintable(byte)), ...bytes.filter(isPrintable)];
}

function characterOf(byte: number, index: number): string {
  return String.fromCharCode(isPrintable(byte) ? byte : 0x100 + index);
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
}

/** The bytes a byte-level token stands for, or undefined when it is not written in that alphabet. */
export function bytesOfSpelling(spelling: string): Uint8Array | undefined {
  const bytes = new Uint8Array(spelling.length);
  for (let i = 0; i < spelling.length; i++) {
    const byte = byteOfCharacter.get(spelling[i]!);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
