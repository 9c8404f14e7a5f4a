// Whether the name server has room for more: while it has none, it accepts nothing that grows the database [LOAD-9].

/** `freeBytes`: of the disk, without the room for the ballast. `databaseBytes`: used by the database, without pages that it can use again. */
export interface SpaceMeasure {
  readonly freeBytes: number;
  readonly databaseBytes: number;
}

export interface SpaceLimits {
  /** Bytes of the disk that stay free. More: refusals begin earlier. Less: deletions may find no room. */
  readonly diskReserveBytes: number;
  /** Size of the database. More: it can fill more of the disk. Less: letters and names are refused earlier. */
  readonly databaseBytesMax: number;
}

/** The state of the machine. Only an input changes it. */
export interface Space {
  isLow: boolean;
}

export function isSpaceLow({ freeBytes, databaseBytes }: SpaceMeasure, limits: SpaceLimits): boolean {
  return freeBytes < limits.diskReserveBytes || databaseBytes > limits.databaseBytesMax;
}
