/** Header lines by lower-case name, in the order of arrival; a repeated header has several. */
export type HeaderLines = Readonly<Record<string, readonly string[]>>
