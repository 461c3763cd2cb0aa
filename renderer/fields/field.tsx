import { CloseCircleFilled } from '@ant-design/icons'
import { type ReactNode, useId } from 'react'
import './field.css'

export type ControlProps = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true; status?: 'error' }

type FieldProps = {
  label: string
  /** One line of help; the error takes its place. */
  hint?: ReactNode
  error?: string | undefined
  /** For a control that is a group of controls, the label names the group instead of one input. */
  group?: boolean
  /** Spread the given props on the control: they tie label, hint and error to it. */
  children: (control: ControlProps) => ReactNode
}

/** One row of the form: label, control, and a line below it. */
export function Field({ label, hint, error, group = false, children }: FieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const note = error ?? hint
  const control: ControlProps = {
    id,
    ...(note ? { 'aria-describedby': noteId } : {}),
    ...(error ? { 'aria-invalid': true, status: 'error' } : {}),
  }
  const body = (
    <div className="lh-field-body">
      {children(control)}
      {error ? (
        <p className="lh-field-note lh-trouble" id={noteId}>
          <CloseCircleFilled aria-hidden="true" /> {error}
        </p>
      ) : (
        hint && (
          <p className="lh-field-note lh-muted" id={noteId}>
            {hint}
          </p>
        )
      )}
    </div>
  )
  if (group) {
    return (
      <fieldset className="lh-field" aria-describedby={note ? noteId : undefined}>
        <legend className="lh-spoken">{label}</legend>
        <span className="lh-field-label" aria-hidden="true">
          {label}
        </span>
        {body}
      </fieldset>
    )
  }
  return (
    <div className="lh-field">
      <label className="lh-field-label" htmlFor={id}>
        {label}
      </label>
      {body}
    </div>
  )
}

/** A titled block of fields. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className="lh-section lh-panel" aria-labelledby={id}>
      <h2 className="lh-section-title" id={id}>
        {title}
      </h2>
      {children}
    </section>
  )
}
