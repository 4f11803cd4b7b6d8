/** A file that cannot be read as an opt-out list, as a whole; the message names the next step and no address. */
export class UnreadableList extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableList';
  }
}
