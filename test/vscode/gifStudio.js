/*
 * Runs in a page of Chromium, where `modernGif` is loaded already: draws pictures with a caption below each, and
 * makes one animated GIF of them.
 */

const captionHeight = 44;

/** Colours and letters of the caption: those of VS Code's dark theme, which the pictures have. */
const paper = '#181818';
const ink = '#e8e8e8';
const font = '19px "DejaVu Sans", sans-serif';

/** @type {{ data: Uint8ClampedArray, delay: number }[]} frames that differ, each with its time in milliseconds */
const frames = [];
let size = { width: 0, height: 0 };

/** Adds a picture; where it shows what the one before shows, that one stays for longer. */
globalThis.addPicture = async ({ png, caption, ms }) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  size = { width: picture.width, height: picture.height + captionHeight };
  const data = draw(picture, caption);
  const last = frames.at(-1);
  if (last !== undefined && rowsBetween(last.data, data) <= fewestRows) last.delay += ms;
  else frames.push({ data, delay: ms });
};

/** The GIF of all pictures that were added, in base64. */
globalThis.developGif = async () => {
  const gif = new Uint8Array(await globalThis.modernGif.encode({ ...size, frames, maxColors: 255 }));
  return gif.toBase64();
};

function draw(picture, caption) {
  const { width, height } = size;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0);
  Object.assign(context, { fillStyle: ink, font, textBaseline: 'middle' });
  context.fillText(caption, 18, picture.height + captionHeight / 2);
  return context.getImageData(0, 0, width, height).data;
}

/** modern-gif 2.1.0 loses a change that is one row high. */
const fewestRows = 1;

/** How many rows there are from the first to the last that differs. */
function rowsBetween(before, after) {
  const rowBytes = 4 * size.width;
  const differs = (_, row) => {
    for (let i = row * rowBytes; i < (row + 1) * rowBytes; i++) if (before[i] !== after[i]) return true;
    return false;
  };
  const rows = Array.from({ length: size.height }, differs);
  return rows.lastIndexOf(true) - rows.indexOf(true) + Number(rows.includes(true));
}
