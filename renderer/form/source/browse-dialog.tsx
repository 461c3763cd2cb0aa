import { DatabaseOutlined, FileOutlined, FolderFilled } from '@ant-design/icons'
import { Button, Modal, Spin } from 'antd'
import { type ReactNode, useState } from 'react'
import { formatBytes } from '../../../shared/format-units.ts'
import { useLanguage, useTranslation } from '../../i18n/index.ts'
import { momentFormat } from '../../i18n/moment-format.ts'
import { FailureNote } from '../../shell/failure-note.tsx'
import { useReturnFocus } from '../../shell/use-return-focus.ts'
import { draftToSource } from '../draft/draft-to-spec.ts'
import type { FormDraft } from '../draft/form-draft.ts'
import { areBucketsHidden, crumbsOf, folderOf, nameBelow } from './browse-path.ts'
import { type Listing, type Place, useBrowser } from './use-browser.ts'
import '../../fields/browser-list.css'

type BrowseDialogProps = {
  draft: FormDraft
  onChoose: (place: Place) => void
  onClose: () => void
}

/** Buckets, prefixes and objects as folders and files; ends with a prefix, or with one whole key. */
export function BrowseDialog({ draft, onChoose, onClose }: BrowseDialogProps) {
  useReturnFocus()
  const { t } = useTranslation()
  const { bucket, prefix, ...access } = draftToSource(draft)
  const [place, setPlace] = useState<Place>({ bucket, prefix: folderOf(prefix) })
  const { listing, again, readMore } = useBrowser(access, place)
  const atBuckets = place.bucket === ''
  return (
    <Modal
      open
      centered
      width={760}
      title={t('form.browser.title')}
      onCancel={onClose}
      footer={
        <div className="lh-browser-footer">
          <span className="lh-muted">{countWords(listing, t)}</span>
          <Button onClick={onClose}>{t('form.browser.cancel')}</Button>
          <Button type="primary" disabled={atBuckets} onClick={() => onChoose(place)}>
            {place.prefix ? t('form.browser.choose') : t('form.browser.chooseBucket')}
          </Button>
        </div>
      }
    >
      <Trail place={place} onGo={setPlace} />
      <div className="lh-browser-list" aria-busy={listing.reading}>
        {atBuckets && areBucketsHidden(listing.failure) ? (
          <p className="lh-browser-note" role="alert">
            {t('form.browser.bucketsHidden')}
          </p>
        ) : (
          listing.failure && (
            <FailureNote
              failure={listing.failure}
              isAnonymous={access.access.kind === 'anonymous'}
              action={
                <Button size="small" onClick={again}>
                  {t('form.previewRetry')}
                </Button>
              }
            />
          )
        )}
        <BrowserTable listing={listing} place={place} onGo={setPlace} onChoose={onChoose} />
        {listing.reading && (
          <div className="lh-browser-note" role="status">
            <Spin size="small" /> {t('form.browser.loading')}
          </div>
        )}
        {isEmpty(listing) && (
          <p className="lh-browser-note">{atBuckets ? t('form.browser.emptyBuckets') : t('form.browser.empty')}</p>
        )}
        {listing.continuation && !listing.reading && (
          <p className="lh-browser-note">
            <Button size="small" onClick={readMore}>
              {t('form.browser.more')}
            </Button>
          </p>
        )}
      </div>
    </Modal>
  )
}

const isEmpty = ({ reading, failure, buckets, entries }: Listing): boolean =>
  !reading && !failure && buckets.length + entries.length === 0

function countWords(listing: Listing, t: ReturnType<typeof useTranslation>['t']): string {
  const count = listing.buckets.length + listing.entries.length
  if (count === 0) return ''
  return listing.continuation ? t('form.browser.shownMore', { count }) : t('form.browser.shown', { count })
}

function Trail({ place, onGo }: { place: Place; onGo: (place: Place) => void }) {
  const { t } = useTranslation()
  const { bucket } = place
  const steps: { label: ReactNode; place: Place; key: string }[] = [
    { key: 'buckets', label: t('form.browser.buckets'), place: { bucket: '', prefix: '' } },
  ]
  if (bucket) steps.push({ key: 'bucket', label: bucket, place: { bucket, prefix: '' } })
  for (const crumb of crumbsOf(place.prefix)) {
    steps.push({ key: crumb.prefix, label: crumb.label, place: { bucket, prefix: crumb.prefix } })
  }
  return (
    <nav aria-label={t('form.browser.path')}>
      <ol className="lh-browser-trail">
        {steps.map((step, index) => (
          <li key={step.key}>
            {index === steps.length - 1 ? (
              <span aria-current="location">{step.label}</span>
            ) : (
              <button type="button" className="lh-browser-link" onClick={() => onGo(step.place)}>
                {step.label}
              </button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}

type BrowserTableProps = {
  listing: Listing
  place: Place
  onGo: (place: Place) => void
  onChoose: (place: Place) => void
}

function BrowserTable({ listing, place, onGo, onChoose }: BrowserTableProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (listing.buckets.length > 0) {
    return (
      <ul className="lh-browser-buckets">
        {listing.buckets.map((bucket) => (
          <li key={bucket}>
            <button type="button" className="lh-browser-link" onClick={() => onGo({ bucket, prefix: '' })}>
              <DatabaseOutlined aria-hidden="true" /> {bucket}
            </button>
          </li>
        ))}
      </ul>
    )
  }
  if (listing.entries.length === 0) return null
  const date = momentFormat(language, { dateStyle: 'medium' })
  return (
    <table className="lh-browser-table">
      <thead>
        <tr>
          <th scope="col">{t('form.browser.name')}</th>
          <th scope="col" className="lh-browser-number">
            {t('form.browser.size')}
          </th>
          <th scope="col" className="lh-browser-number">
            {t('form.browser.modified')}
          </th>
        </tr>
      </thead>
      <tbody>
        {listing.entries.map((entry) => {
          const name = nameBelow(entry.key, place.prefix)
          const isPrefix = entry.kind === 'prefix'
          const target = { bucket: place.bucket, prefix: entry.key }
          return (
            <tr key={entry.key}>
              <td>
                <button
                  type="button"
                  className="lh-browser-link"
                  title={entry.key}
                  aria-label={isPrefix ? t('form.browser.open', { name }) : t('form.browser.chooseObject', { name })}
                  onClick={() => (isPrefix ? onGo(target) : onChoose(target))}
                >
                  {isPrefix ? <FolderFilled aria-hidden="true" /> : <FileOutlined aria-hidden="true" />} {name}
                </button>
              </td>
              <td className="lh-browser-number">{isPrefix ? '' : formatBytes(entry.size)}</td>
              <td className="lh-browser-number">{dateWords(entry.lastModified, date)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function dateWords(lastModified: string, format: Intl.DateTimeFormat): string {
  const time = Date.parse(lastModified)
  return Number.isNaN(time) ? '' : format.format(time)
}
