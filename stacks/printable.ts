/** What another machine said, as one line without control characters: no server is trusted with the terminal. */
export const printable = (text: string): string => text.replace(/[^\x20-\x7e\u00a0-\uffff]+/g, ' ');
