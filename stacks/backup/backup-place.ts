/** Where backups are kept. */
export interface BackupPlace {
  /** Folder of this machine in which a backup lies while it is made; its parts are encrypted there already. */
  readonly drafts: string;
  /**
   * What is there, by the beginning of its name.
   *
   * @throws KeelsonError where the place cannot be had
   */
  list(start: string): Promise<KeptBackup[]>;
  /**
   * Takes a backup over from its draft: whole, or nothing of it.
   *
   * @returns what `keelson restore` takes
   */
  keep(draft: string, name: string): Promise<string>;
  remove(name: string): Promise<void>;
}

export interface KeptBackup {
  readonly name: string;
  /** False for what is left of one that was killed while it was made. */
  readonly whole: boolean;
}

/** Folder of a backup that is being made; never a backup's name. */
export const DRAFT = '.partial';
