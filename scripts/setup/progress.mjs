/** One turn of the spinner. */
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Fast enough to look alive, slow enough to cost nothing. */
const frameMs = 120;
const barChars = 24;

/**
 * What `work` gives, with its progress on standard error meanwhile: a moving line in a terminal, one
 * plain line at the start and one at the end elsewhere.
 *
 * @param {string} title
 * @param {() => Promise<T>} work
 * @param {() => number | undefined} [share] how much is done, 0 to 1; absent where nobody can tell
 * @template T
 */
export async function withProgress(title, work, share = () => undefined) {
  const startMs = performance.now();
  const seconds = () => (performance.now() - startMs) / 1000;
  const stop = process.stderr.isTTY ? animate(title, share, seconds) : announce(title);
  try {
    const result = await work();
    stop();
    process.stderr.write(`${title}: done in ${seconds().toFixed(1)} s\n`);
    return result;
  } catch (error) {
    stop();
    throw error;
  }
}

function announce(title) {
  process.stderr.write(`${title} ...\n`);
  return () => {};
}

function animate(title, share, seconds) {
  let frame = 0;
  const timer = setInterval(() => {
    const mark = spinner[frame++ % spinner.length];
    process.stderr.write(
      `\r\x1b[2K${mark} ${title} ${bar(share())}${seconds().toFixed(1)} s${timeLeft(share(), seconds())}`,
    );
  }, frameMs);
  return () => {
    clearInterval(timer);
    process.stderr.write('\r\x1b[2K');
  };
}

/** A bar for a share of the work, 0 to 1; nothing when the share is not known. */
export function bar(share) {
  if (share === undefined) return '';
  const full = Math.round(Math.min(Math.max(share, 0), 1) * barChars);
  return `${'█'.repeat(full)}${'░'.repeat(barChars - full)} ${Math.round(share * 100)} %  `;
}

/** How long the rest should take at the pace so far; nothing while too little is done to tell. */
export function timeLeft(share, seconds) {
  if (share === undefined || share < 0.02 || seconds < 5) return '';
  const left = (seconds * (1 - share)) / share;
  return left < 90 ? `, ${Math.ceil(left)} s left` : `, ${Math.ceil(left / 60)} min left`;
}
