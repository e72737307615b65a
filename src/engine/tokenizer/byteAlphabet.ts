/**
 * Byte-level tokenizers write each byte as one printable character: bytes that are printable in
 * Latin-1 as themselves, the other 68 as the characters from U+0100 on, in order (GPT-2's scheme).
 */
const byteOfCharacter = listByCharacter();

/** -1 where a character is none of the alphabet; a table, since all spellings of a model are read at each start. */
function listByCharacter(): Int16Array {
  const table = new Int16Array(0x200).fill(-1);
  listBytes().forEach((byte, index) => (table[characterOf(byte, index)] = byte));
  return table;
}

/** Unprintable bytes first, so that an unprintable byte's index is its place behind U+0100. */
function listBytes(): number[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  return [...bytes.filter((byte) => !isPrintable(byte)), ...bytes.filter(isPrintable)];
}

function characterOf(byte: number, index: number): number {
  return isPrintable(byte) ? byte : 0x100 + index;
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
}

/** The bytes a byte-level token stands for, or undefined when it is not written in that alphabet. */
export function bytesOfSpelling(spelling: string): Uint8Array | undefined {
  // One of its own for each spelling would cost more than reading it.
  const bytes = Buffer.allocUnsafe(spelling.length);
  for (let i = 0; i < spelling.length; i++) {
    const byte = byteOfCharacter[spelling.charCodeAt(i)] ?? -1;
    if (byte === -1) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
