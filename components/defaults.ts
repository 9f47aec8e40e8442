/** A component's arguments with every default filled in. */
export type WithDefaults<Args, Defaults> = Omit<Args, keyof Defaults> &
  Required<Pick<Args, keyof Args & keyof Defaults>>;
