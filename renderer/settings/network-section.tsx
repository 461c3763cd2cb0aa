import { Segmented } from 'antd'
import { useState } from 'react'
import { isProxyUrl } from '../../shared/is-proxy-url.ts'
import type { Network } from '../../shared/job-spec.ts'
import { Field, Section } from '../fields/field.tsx'
import { expandHome, isAbsolutePath } from '../fields/path-text.ts'
import { useTranslation } from '../i18n/index.ts'
import { useAppInfo, useSettings } from '../store/use-window-store.tsx'
import { DraftInput } from './draft-input.tsx'
import { formatResolve, isDnsServer, type ProxyKind, parseResolve, proxyKind } from './network-fields.ts'
import { useChangeSettings } from './use-change-settings.ts'

export function NetworkSection() {
  const { t } = useTranslation()
  const { network } = useSettings()
  const { platform, homeFolder = '' } = useAppInfo() ?? {}
  const changeSettings = useChangeSettings()
  // "Custom" is chosen before there is an address to keep.
  const [choosingCustom, setChoosingCustom] = useState(false)
  const kind = choosingCustom ? 'custom' : proxyKind(network.proxy)

  const change = (changed: Partial<Network>) => changeSettings({ network: { ...network, ...changed } })
  /** An empty text takes the setting away. */
  const changeOptional = (name: 'dnsServer' | 'caFile', text: string) => {
    const { [name]: _before, ...others } = network
    changeSettings({ network: text.trim() ? { ...others, [name]: text.trim() } : others })
  }

  return (
    <Section title={t('settings.network')}>
      <p className="lh-settings-lead lh-muted">{t('settings.networkHint')}</p>
      <Field label={t('settings.proxy')} group>
        {() => (
          <Segmented<ProxyKind>
            aria-label={t('settings.proxy')}
            value={kind}
            options={[
              { value: 'system', label: t('settings.proxySystem') },
              { value: 'none', label: t('settings.proxyNone') },
              { value: 'custom', label: t('settings.proxyCustom') },
            ]}
            onChange={(chosen) => {
              setChoosingCustom(chosen === 'custom')
              if (chosen !== 'custom') change({ proxy: chosen })
            }}
          />
        )}
      </Field>
      {kind === 'custom' && (
        <DraftInput
          label={t('settings.proxyUrl')}
          value={proxyKind(network.proxy) === 'custom' ? network.proxy : ''}
          placeholder="http://proxy.example.org:8080"
          check={(text) => (isProxyUrl(text.trim()) ? undefined : t('settings.proxyUrlInvalid'))}
          onCommit={(text) => change({ proxy: text.trim() })}
        />
      )}
      <DraftInput
        label={t('settings.dnsServer')}
        value={network.dnsServer ?? ''}
        placeholder={t('settings.dnsServerPlaceholder')}
        check={(text) => (text.trim() === '' || isDnsServer(text) ? undefined : t('settings.dnsServerInvalid'))}
        onCommit={(text) => changeOptional('dnsServer', text)}
      />
      <DraftInput
        label={t('settings.caFile')}
        value={network.caFile ?? ''}
        placeholder={t('settings.caFilePlaceholder')}
        check={(text) =>
          text.trim() === '' || isAbsolutePath(expandHome(text, homeFolder))
            ? undefined
            : t('form.errors.folderRelative', { example: platform === 'windows' ? 'C:\\ca.pem' : '/etc/ssl/ca.pem' })
        }
        onCommit={(text) => changeOptional('caFile', expandHome(text, homeFolder))}
      />
      <DraftInput
        label={t('settings.resolve')}
        rows={2}
        value={formatResolve(network.resolve)}
        placeholder={t('settings.resolvePlaceholder')}
        check={(text) => {
          const parsed = parseResolve(text)
          return parsed.ok ? undefined : t('settings.resolveInvalid', { line: parsed.line })
        }}
        onCommit={(text) => {
          const parsed = parseResolve(text)
          if (parsed.ok) change({ resolve: parsed.resolve })
        }}
      />
    </Section>
  )
}
