/** A text as a literal of PostgreSQL's SQL. */
export const sqlLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
