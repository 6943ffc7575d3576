export { type Backup, type BackupOptions, backUp } from './backup.js';
export { type BackupIndex, type BackupPart, readBackup } from './backup-folder.js';
export { type RestoreOptions, restore, restoreStates } from './restore.js';
