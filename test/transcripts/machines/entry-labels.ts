// Names the entries of a log by their index in a transcript; an entry that competes for an index gets a prime.

export class EntryLabels {
  private readonly labels = new Map<string, string>();

  add(id: string, index: number): void {
    if (this.labels.has(id)) return;
    const taken = new Set(this.labels.values());
    let label = String(index);
    while (taken.has(label)) label += "'";
    this.labels.set(id, label);
  }

  of(id: string): string {
    return this.labels.get(id) ?? 'an unknown entry';
  }

  /** The text with labels in place of the ids of entries. */
  applyTo(text: string): string {
    let labelled = text;
    for (const [id, label] of this.labels) labelled = labelled.replaceAll(id, label);
    return labelled;
  }

  clear(): void {
    this.labels.clear();
  }
}
