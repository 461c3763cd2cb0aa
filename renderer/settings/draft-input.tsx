import { Input } from 'antd'
import { useEffect, useState } from 'react'
import { Field } from '../fields/field.tsx'

type DraftInputProps = {
  label: string
  value: string
  placeholder?: string
  hint?: string
  /** Says what is wrong with a text, if anything. */
  check?: (text: string) => string | undefined
  onCommit: (text: string) => void
  rows?: number
}

type Committed = Pick<DraftInputProps, 'value' | 'check' | 'onCommit'>

/**
 * A text that is saved when the field is left (or on Enter), and only if it is valid; what was typed stays either way.
 */
export function useCommitted({ value, check, onCommit }: Committed) {
  const [text, setText] = useState(value)
  const [error, setError] = useState<string>()
  useEffect(() => setText(value), [value])
  const commit = (entered = text) => {
    const wrong = check?.(entered)
    setText(entered)
    setError(wrong)
    if (!wrong && entered !== value) onCommit(entered)
  }
  return { text, setText, error, commit }
}

export function DraftInput({ label, value, placeholder, hint, check, onCommit, rows }: DraftInputProps) {
  const { text, setText, error, commit } = useCommitted({ value, onCommit, ...(check ? { check } : {}) })
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => {
        const common = {
          ...control,
          value: text,
          placeholder: placeholder ?? '',
          spellCheck: false,
          onBlur: () => commit(),
          onChange: (event: { target: { value: string } }) => setText(event.target.value),
        }
        return rows ? <Input.TextArea {...common} rows={rows} /> : <Input {...common} onPressEnter={() => commit()} />
      }}
    </Field>
  )
}
