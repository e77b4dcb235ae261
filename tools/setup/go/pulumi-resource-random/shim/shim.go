// Package shim lets code outside the Terraform module construct its provider: its constructor lives in an
// internal package, which only a module with this path prefix may import.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"

	random "github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// NewProvider returns the Terraform random provider.
func NewProvider() provider.Provider {
	return random.New()
}
