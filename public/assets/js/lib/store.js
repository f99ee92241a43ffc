// Browser storage that may be switched off or full: then nothing is remembered, and nothing breaks.
const safely = (storage) => ({
  get(key) {
    try {
      return JSON.parse(storage().getItem(`portcullis.${key}`));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      storage().setItem(`portcullis.${key}`, JSON.stringify(value));
    } catch {
      // Not remembered.
    }
  },
  drop(key) {
    try {
      storage().removeItem(`portcullis.${key}`);
    } catch {
      // Was not there.
    }
  },
});

/** Of this tab. */
export const tab = safely(() => sessionStorage);
/** Of this browser. */
export const browser = safely(() => localStorage);
