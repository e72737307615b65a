/** As many problems as are read when something is wrong, of all windows together; the log channel has all of them. */
export const maxProblems = 10;
