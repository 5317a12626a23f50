# shellcheck shell=sh
greeting
