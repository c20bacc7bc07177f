/**
 * The oldest browsers that run the page: `String.isWellFormed` needs Chrome 111 and Safari 16.4, `:has()` Firefox 121.
 * The build target and the page's text come from here.
 */
export const BROWSERS = { chrome: "111", edge: "111", firefox: "121", safari: "16.4" } as const;
