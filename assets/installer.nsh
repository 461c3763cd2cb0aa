# What this installer does beyond electron-builder's own: it is per user, and offers `longhaul` for terminals.

!macro customInstallMode
  # Nothing here needs an administrator.
  StrCpy $isForceCurrentInstall "1"
!macroend

!macro editPath ACTION
  nsExec::ExecToLog '"$SYSDIR\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "$INSTDIR\bin\edit-path.ps1" ${ACTION}'
  Pop $0
  # Terminals opened from now on know.
  SendMessage ${HWND_BROADCAST} ${WM_WININICHANGE} 0 "STR:Environment" /TIMEOUT=5000
!macroend

!macro customInstall
  ${ifNot} ${isUpdated}
    StrCpy $1 "Make the command $\"longhaul$\" available in terminals?$\r$\n$\r$\nThis adds Longhaul to your PATH. Uninstalling takes it away again."
    ${if} $LANGUAGE == 2052
      StrCpy $1 "是否在终端中启用 longhaul 命令？$\r$\n$\r$\n这会将 Longhaul 加入您的 PATH 环境变量，卸载时会自动移除。"
    ${endIf}
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$1" /SD IDNO IDNO longhaulPathDone
      !insertmacro editPath "add"
    longhaulPathDone:
  ${endIf}
!macroend

!macro customUnInstall
  ${ifNot} ${isUpdated}
    !insertmacro editPath "remove"
    # There while a download was under way: see electron/desktop/start-at-login.ts.
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${APP_ID}"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "${APP_ID}"
  ${endIf}
!macroend

# Only what was installed. The usual removal empties the whole folder, at each update too, and people keep downloads in it.
# scripts/packaging/try-packed.ts compares these names with what is packed.
!macro customRemoveFiles
  SetOutPath $TEMP
  ClearErrors
  Delete "$INSTDIR\Longhaul.exe"
  ${if} ${Errors}
    # It runs: nothing else is taken away, and the installer asks to close it.
    Abort `Can't remove "$INSTDIR\Longhaul.exe".`
  ${endIf}
  Delete "$INSTDIR\chrome_100_percent.pak"
  Delete "$INSTDIR\chrome_200_percent.pak"
  Delete "$INSTDIR\d3dcompiler_47.dll"
  Delete "$INSTDIR\dxcompiler.dll"
  Delete "$INSTDIR\dxil.dll"
  Delete "$INSTDIR\ffmpeg.dll"
  Delete "$INSTDIR\icudtl.dat"
  Delete "$INSTDIR\libEGL.dll"
  Delete "$INSTDIR\libGLESv2.dll"
  Delete "$INSTDIR\LICENSE.electron.txt"
  Delete "$INSTDIR\LICENSES.chromium.html"
  Delete "$INSTDIR\LICENSES.third-party.txt"
  Delete "$INSTDIR\resources.pak"
  Delete "$INSTDIR\snapshot_blob.bin"
  Delete "$INSTDIR\v8_context_snapshot.bin"
  Delete "$INSTDIR\version"
  Delete "$INSTDIR\vk_swiftshader.dll"
  Delete "$INSTDIR\vk_swiftshader_icd.json"
  Delete "$INSTDIR\vulkan-1.dll"
  RMDir /r "$INSTDIR\bin"
  RMDir /r "$INSTDIR\locales"
  RMDir /r "$INSTDIR\resources"
  Delete "$INSTDIR\uninstallerIcon.ico"
  Delete "$INSTDIR\${UNINSTALL_FILENAME}"
  # Goes only when nothing else lies in it.
  RMDir "$INSTDIR"
!macroend
