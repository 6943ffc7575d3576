export { type Backup, type BackupOptions, backUp } from './backup.js';
export { type BackupIndex, type BackupPart, readBackup } from './backup-folder.js';
export type { BackupPlace } from './backup-place.js';
export { withBackup } from './open-backup.js';
export { openPlace, type PlaceOptions } from './open-place.js';
export { type RestoreOptions, restore, restoreStates } from './restore.js';
