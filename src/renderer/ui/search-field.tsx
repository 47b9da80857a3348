/** The field above a list that is searched as one types. */
import styles from './search-field.module.css';

interface SearchFieldProps {
  label: string;
  value: string;
  /** A dialog that opens gives it the focus. */
  isFirst?: boolean;
  onChange: (value: string) => void;
}

export const SearchField = ({ label, value, isFirst = false, onChange }: SearchFieldProps) => (
  <input
    type="text"
    className={styles.search}
    aria-label={label}
    placeholder={label}
    data-autofocus={isFirst || undefined}
    spellCheck={false}
    autoComplete="off"
    value={value}
    onChange={(event) => onChange(event.target.value)}
  />
);
