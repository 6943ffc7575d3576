/** Says in one line what long work is doing; the caller decides how to show it. */
export type Report = (message: string) => void;
