// A picture as a logo: small, square at most, and made anew from its pixels, so that nothing else of the file goes along.

export const TYPES = ['image/png', 'image/jpeg', 'image/webp'];
const SIDES = [256, 192, 128, 96, 64];
/** What the server takes; see core/src/domain/logo.rs. */
const MOST = 32 * 1024;

const failed = (code) => Object.assign(new Error(code), { code });

/** A file as a `data:` address of a picture that fits. Rejects with NOT_A_PICTURE or TOO_HEAVY. */
export async function fitted(file) {
  if (!TYPES.includes(file.type)) throw failed('NOT_A_PICTURE');
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw failed('NOT_A_PICTURE');
  }
  for (const side of SIDES) {
    const blob = await drawn(bitmap, Math.min(1, side / Math.max(bitmap.width, bitmap.height)));
    if (blob && blob.size <= MOST) return address(blob);
  }
  throw failed('TOO_HEAVY');
}

function drawn(bitmap, scale) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  // Browsers that write no WebP write PNG instead.
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/webp', 0.92));
}

function address(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result));
    reader.addEventListener('error', () => reject(failed('NOT_A_PICTURE')));
    reader.readAsDataURL(blob);
  });
}
