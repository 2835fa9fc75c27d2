/** Characters that a password has at least; the server has the same rule. */
export const MIN_PASSWORD = 8;
